// Plays a video in the page when the reader asks for it. Without this the link leads to the other site.
for (const link of document.querySelectorAll("a[data-player]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab was asked for
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = link.dataset.player;
    frame.title = link.dataset.title;
    frame.className = "video__frame";
    frame.allow = "autoplay; fullscreen";
    link.closest(".video__place").replaceChildren(frame);
    frame.focus();
  });
}
