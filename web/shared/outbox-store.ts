import type { Outgoing, OutboxStore } from "./outbox.ts";

/**
 * IndexedDB; where it is blocked, localStorage; where that is blocked too, the page's memory.
 * @param name Whose messages: one name for each visitor or agent, so that nobody sends another's words.
 */
export function browserStore<M>(name: string): OutboxStore<M> {
  let store: Promise<OutboxStore<M>> | undefined;
  const open = () => (store ??= openDatabase<M>(name).catch(() => localStore<M>(name)));
  return {
    all: async () => (await open()).all(),
    put: async (item) => (await open()).put(item),
    remove: async (id) => (await open()).remove(id),
  };
}

const Table = "outbox";

async function openDatabase<M>(name: string): Promise<OutboxStore<M>> {
  const request = indexedDB.open(`livesupport:${name}`, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(Table, { keyPath: "id" });
  const database = await done(request);
  const table = (mode: IDBTransactionMode) => database.transaction(Table, mode).objectStore(Table);
  return {
    all: async () => ((await done(table("readonly").getAll())) as Outgoing<M>[]).sort((a, b) => a.order - b.order),
    put: async (item) => void (await done(table("readwrite").put(item))),
    remove: async (id) => void (await done(table("readwrite").delete(id))),
  };
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** One localStorage value per message, so that two tabs never write over each other's. */
export function localStore<M>(name: string, storage: Storage | undefined = reachable()): OutboxStore<M> {
  const prefix = `livesupport:outbox:${name}:`;
  return {
    all: async () =>
      Array.from({ length: storage?.length ?? 0 }, (_, i) => storage!.key(i)!)
        .filter((key) => key.startsWith(prefix))
        .map((key) => JSON.parse(storage!.getItem(key)!) as Outgoing<M>)
        .sort((a, b) => a.order - b.order),
    put: async (item) => {
      try {
        storage?.setItem(prefix + item.id, JSON.stringify(item));
      } catch {
        // Full or forbidden: the message is still in this page's memory.
      }
    },
    remove: async (id) => storage?.removeItem(prefix + id),
  };
}

function reachable(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
