// Files dropped anywhere on the page are for its form; a file that missed it would be opened by the browser in place of
// the page. While one is held over the page, the form has the class "over".

const whenDropped = (form, take) => {
  let inside = 0;
  const over = (yes) => form.classList.toggle("over", yes);
  const withFiles = (act) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    act(event);
  };
  addEventListener("dragenter", withFiles(() => { inside += 1; over(true); }));
  addEventListener("dragleave", withFiles(() => { inside -= 1; over(inside > 0); }));
  addEventListener("dragover", withFiles((event) => { event.dataTransfer.dropEffect = "copy"; }));
  addEventListener("drop", withFiles((event) => { inside = 0; over(false); take([...event.dataTransfer.files]); }));
};
