// One store of things that must survive the page, in this browser's own database. Used by the pages and by the service
// worker. Other tabs hear of a change by a channel, this one by an event; both have the store's name.

self.Store = (database, name, keyPath) => {
  const news = "BroadcastChannel" in self ? new BroadcastChannel(name) : null;

  const opened = () => new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const run = async (mode, act) => {
    const connection = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = connection.transaction(name, mode, { durability: "strict" });
        const request = act(transaction.objectStore(name));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      connection.close();
    }
  };

  const changed = () => { news?.postMessage(null); self.dispatchEvent(new Event(name)); };

  return {
    all: () => run("readonly", (store) => store.getAll()),
    get: (key) => run("readonly", (store) => store.get(key)),
    put: async (one) => { await run("readwrite", (store) => store.put(one)); changed(); },
    drop: async (key) => { await run("readwrite", (store) => store.delete(key)); changed(); },
    changed,
    news,
  };
};
