// Offers the device's own ways to share a page, and to copy its address, where the browser has them. Without this the
// plain links do.
for (const list of document.querySelectorAll("[data-share]")) {
  const page = { url: list.dataset.share, title: list.dataset.title };
  const done = list.parentElement.querySelector("[role=status]");
  const ways = {
    share: navigator.share && (() => navigator.share(page).catch(() => {})), // the reader thought better of it
    copy: navigator.clipboard && ((button) => navigator.clipboard.writeText(page.url).then(() => {
      done.textContent = button.dataset.done;
    })),
  };
  for (const button of list.querySelectorAll("[data-action]")) {
    const way = ways[button.dataset.action];
    if (!way) continue;
    button.closest("li").hidden = false;
    button.addEventListener("click", () => way(button));
  }
}
