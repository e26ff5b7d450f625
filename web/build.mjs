// What `dotnet build` runs: installs and builds the web part, if its files are not those of the last build.
// Safe to run several times at once: the first does the work, the others wait and find it done.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL(".", import.meta.url));
const state = fileURLToPath(new URL("../artifacts/web/", import.meta.url));
const lock = join(state, "building");
const output = fileURLToPath(new URL("../api/wwwroot/dashboard/index.html", import.meta.url));

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") yield* files(path);
    } else if (!/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}

function hash(paths) {
  const sum = createHash("sha256");
  for (const path of paths) sum.update(relative(web, path)).update("\0").update(readFileSync(path)).update("\0");
  return sum.digest("hex");
}

const remembered = (name) => (existsSync(join(state, name)) ? readFileSync(join(state, name), "utf8") : "");
const remember = (name, value) => writeFileSync(join(state, name), value);

function npm(...args) {
  const { status, error } = spawnSync("npm", args, { cwd: web, stdio: "inherit", shell: process.platform === "win32" });
  if (error?.code === "ENOENT") throw new Error("npm was not found. It comes with Node from https://nodejs.org; Debian has it as a package of its own.");
  if (error) throw error;
  if (status !== 0) throw new Error(`'npm ${args.join(" ")}' in web/ ended with ${status}; see above.`);
}

/** One build at a time; a lock whose process is gone is nobody's. */
async function locked(work) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else await wait(200);
  }
  try {
    writeFileSync(join(lock, "pid"), String(process.pid));
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned() {
  try {
    const pid = join(lock, "pid");
    if (!existsSync(pid)) return Date.now() - statSync(lock).mtimeMs > 10_000;
    process.kill(Number(readFileSync(pid, "utf8")), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

mkdirSync(state, { recursive: true });
try {
  await locked(() => {
    const install = hash([join(web, "package-lock.json")]);
    if (remembered("installed") !== install || !existsSync(join(web, "node_modules"))) {
      npm("ci", "--no-audit", "--no-fund", "--loglevel=error");
      remember("installed", install);
    }
    const sources = hash(files(web));
    if (remembered("built") !== sources || !existsSync(output)) {
      npm("run", "--silent", "build", "--", "--logLevel", "warn");
      remember("built", sources);
    }
  });
} catch (error) {
  console.error(`web: ${error.message}`);
  process.exitCode = 1;
}
