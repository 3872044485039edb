// Photos that are still on their way when one is on another page: they go on from there, and how many are left is said.

{
  const bar = document.getElementById("photos-waiting");
  const RETRY = 15000; // milliseconds

  const left = async () => {
    const { agent } = document.getElementById("main").dataset;
    return (await Uploads.all()).filter((one) => one.agent === agent);
  };

  async function tell() {
    const files = await left();
    const here = document.getElementById("upload")?.dataset.estate; // says it itself
    const elsewhere = files.filter((one) => one.estate !== here);
    bar.hidden = !elsewhere.length;
    if (!elsewhere.length) return;
    bar.querySelector("[data-count]").textContent = elsewhere.length;
    const link = bar.querySelector("a");
    link.href = `${link.dataset.at}${elsewhere[0].estate}/media/`;
  }

  async function go() {
    if ((await left()).some((one) => one.state === Uploads.WAITING)) await Uploads.deliver();
  }

  if (bar && "indexedDB" in window) {
    Uploads.news?.addEventListener("message", tell);
    addEventListener("photos", tell);
    addEventListener("online", go);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
    setInterval(go, RETRY);
    tell().then(go);
  }
}
