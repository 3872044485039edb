// Large pictures of the exposé: a dialog while the address names one. Arrow keys and swipes go from one to the next,
// Escape and Back close it, and the focus returns to the small picture. Without this the same links work by themselves.

const ON = { ArrowRight: 1, ArrowLeft: -1 };

for (const viewer of document.querySelectorAll("dialog.viewer")) {
  const list = viewer.querySelector("ol");
  const pictures = [...list.children];
  let opener = null; // the link that led to the pictures
  viewer.dataset.keys = "";

  const named = () => pictures.find((one) => `#${one.id}` === location.hash);
  const shown = () => pictures[Math.round(list.scrollLeft / list.clientWidth)] ?? pictures[0];
  const show = (picture) => {
    list.scrollTo({ left: picture.offsetLeft - list.offsetLeft, behavior: "instant" });
    picture.focus({ preventScroll: true });
  };
  // The small picture of the one that was looked at last, or whatever led here.
  const small = () => document.querySelector(`.strip a[href="#${shown().id}"]`) ?? opener;
  const leave = () => {
    const from = small();
    viewer.close();
    from?.focus({ preventScroll: true });
    from?.scrollIntoView({ block: "nearest", inline: "center" });
    opener = null;
  };
  const close = () => {
    if (opener) history.back(); // to where it was opened from, so that Back leads on from there
    else {
      history.replaceState(null, "", location.pathname + location.search);
      leave();
    }
  };
  const follow = () => {
    const picture = named();
    if (picture && !viewer.open) viewer.showModal();
    if (picture) show(picture);
    else if (viewer.open) leave();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    if (link.hasAttribute("data-close") && viewer.contains(link)) {
      event.preventDefault();
      close();
    } else if (pictures.some((one) => `#${one.id}` === link.hash)) {
      // From one picture to the next the history does not grow: Back closes.
      event.preventDefault();
      if (viewer.open) location.replace(link.hash);
      else {
        opener = link;
        location.hash = link.hash;
      }
    }
  });
  viewer.addEventListener("keydown", (event) => {
    const next = pictures[pictures.indexOf(shown()) + (ON[event.key] ?? 0)];
    if (!(event.key in ON)) return;
    event.preventDefault();
    if (next) location.replace(`#${next.id}`);
  });
  viewer.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  addEventListener("hashchange", follow);
  follow();
}
