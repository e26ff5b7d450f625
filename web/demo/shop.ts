/** What the loader of the chat puts here: calls are kept until it is there. */
interface Chat {
  (...call: unknown[]): void;
  q?: unknown[];
}

/** The demo shop: a bag that lives in this browser only, and a customer who can sign in while --demo is on. */
interface Line {
  id: string;
  name: string;
  size: string;
  price: number;
  count: number;
}

const Key = "linnea:bag";

function read(): Line[] {
  try {
    return JSON.parse(localStorage.getItem(Key) ?? "[]") as Line[];
  } catch {
    return [];
  }
}

function write(lines: Line[]): void {
  localStorage.setItem(Key, JSON.stringify(lines));
  show();
}

const total = (lines: Line[]) => lines.reduce((sum, line) => sum + line.price * line.count, 0);
const pieces = (lines: Line[]) => lines.reduce((sum, line) => sum + line.count, 0);

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = "", ...children: Node[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

function show(): void {
  const lines = read();
  for (const count of document.querySelectorAll("[data-bag-count]")) count.textContent = pieces(lines) ? `(${pieces(lines)})` : "";
  document.querySelector("[data-bag]")?.replaceChildren(bag(lines));
}

function bag(lines: Line[]): Node {
  if (!lines.length) {
    const link = element("a", "See the clothes");
    link.href = "/demo#clothes";
    link.className = "button";
    return element("div", "", element("p", "There is nothing in it yet."), link);
  }
  const list = element("ul");
  list.className = "bag";
  for (const line of lines) {
    const less = element("button", "Remove");
    less.type = "button";
    less.addEventListener("click", () => write(read().filter((other) => other.id !== line.id || other.size !== line.size)));
    list.append(
      element("li", "", element("span", `${line.name}, ${line.size}`), element("span", `${line.count} ×`), element("span", `${line.price} €`), less),
    );
  }
  const delivery = total(lines) >= 60 ? 0 : 4.9;
  const sum = element("p", `Delivery ${delivery.toFixed(2)} € · together ${(total(lines) + delivery).toFixed(2)} €`);
  sum.className = "sum";
  return element("div", "", list, sum, element("p", "This is a demo shop: it ends here."));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-add]"))
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = String(new FormData(form).get("size") ?? "");
    const { add: id = "", name = "", price = "0" } = form.dataset;
    const lines = read();
    const same = lines.find((line) => line.id === id && line.size === size);
    if (same) same.count++;
    else lines.push({ id, name, size, price: Number(price), count: 1 });
    write(lines);
    form.querySelector(".added")!.textContent = `${name}, ${size}, is in your bag.`;
  });

show();

const Customer = "linnea:customer";

const chat: Chat = (...call) => {
  const page = window as unknown as { LiveSupport?: Chat };
  page.LiveSupport ??= (...kept: unknown[]) => void (page.LiveSupport!.q ??= []).push(kept);
  page.LiveSupport(...call);
};

/** The shop's own server vouches for its customer to the chat, as a real shop's does. */
async function account(): Promise<void> {
  const answer = await fetch("/api/demo/sign-in");
  if (answer.status !== 200) return;
  const { name, userToken } = (await answer.json()) as { name: string; userToken: string };
  const link = element("button");
  link.type = "button";
  link.className = "account";
  const draw = () => (link.textContent = localStorage.getItem(Customer) ? `${name} · Sign out` : `Sign in as ${name.split(" ")[0]}`);
  link.addEventListener("click", () => {
    const leaves = localStorage.getItem(Customer) !== null;
    if (leaves) localStorage.removeItem(Customer);
    else localStorage.setItem(Customer, name);
    if (leaves) chat("logout");
    else chat("identify", { userToken });
    draw();
  });
  if (localStorage.getItem(Customer)) chat("identify", { userToken });
  draw();
  document.querySelector("header nav")?.append(link);
}

void account();
