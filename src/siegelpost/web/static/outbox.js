// Letters that wait on this phone: how many, what became of each, and another try as soon as there is a net.

{
  const list = document.getElementById("letters");

  // Each sees their own: a phone may have had somebody else at it, whose letters go on waiting for them.
  const mine = async () => {
    const { agent } = document.getElementById("main").dataset;
    return (await Queue.all()).filter((letter) => letter.agent === agent);
  };

  async function tell() {
    const letters = await mine();
    const waiting = letters.filter((letter) => letter.state === Queue.WAITING);
    const bar = document.getElementById("waiting");
    if (bar) {
      bar.hidden = !waiting.length || Boolean(list);
      bar.querySelector("[data-count]").textContent = waiting.length;
    }
    shown("sign-in-first", Queue.signedOut && waiting.length > 0);
    if (!list) return;
    const row = document.getElementById("letter-row");
    list.replaceChildren(...letters.sort((one, other) => other.at - one.at).map((letter) => {
      const item = row.content.cloneNode(true);
      const part = (name) => item.querySelector(`[data-part=${name}]`);
      item.querySelector("li").dataset.state = letter.state;
      item.querySelector("li").dataset.id = letter.public_id;
      part("to").textContent = letter.to;
      part("about").textContent = letter.about;
      part("state").textContent = list.dataset[letter.state] ?? letter.state;
      part("state").classList.add({ waiting: "wait", accepted: "good", held: "wait" }[letter.state] ?? "bad");
      part("words").textContent = letter.trouble ? list.dataset.trouble.replace("{code}", letter.trouble) : letter.words ?? "";
      part("open").href = letter.url ?? `/send/?${new URLSearchParams(letter.fields.filter(([name]) => ["contact", "estate"].includes(name)))}`;
      part("open").hidden = letter.state === Queue.WAITING;
      // What was not taken comes back to be changed, with every word of it.
      if (!letter.url) part("open").addEventListener("click", ({ currentTarget }) => Drafts.put(currentTarget.getAttribute("href"), letter));
      part("drop").addEventListener("click", ({ currentTarget }) => {
        // The only place where it is: not by one slip of the thumb.
        if (letter.url || currentTarget.dataset.asked) { Queue.drop(letter.public_id); return; }
        currentTarget.dataset.asked = "1";
        currentTarget.textContent = list.dataset.sure;
        currentTarget.removeAttribute("aria-label");
      });
      part("drop").setAttribute("aria-label", `${part("drop").textContent}: ${letter.to}`);
      return item;
    }));
    shown("no-letters", !letters.length);
  }

  // What the server says of the letters it has.
  async function standings() {
    const letters = (await mine()).filter((letter) => letter.url);
    if (!list || !letters.length) return;
    const key = await Queue.ask(`/outbox/key/?${new URLSearchParams(letters.map((letter) => ["id", letter.public_id]))}`);
    for (const letter of letters) {
      const words = key.standing[letter.public_id];
      if (words && words !== letter.words) await Queue.put({ ...letter, words });
    }
  }

  async function go() {
    await Queue.deliver();
    await standings().catch(() => {});
    await tell();
  }

  if ("indexedDB" in window) {
    Queue.news?.addEventListener("message", tell);
    addEventListener("letters", tell);
    addEventListener("online", go);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
    setInterval(() => { if (document.getElementById("waiting")?.hidden === false || list) go(); }, 15000);
    tell().then(go);
  }
}
