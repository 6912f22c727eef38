// Closes the menu, which covers a narrow page, when the keyboard leaves it for that page.
const menu = document.getElementById("menu");

menu?.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !menu.contains(relatedTarget) && menu.matches(":popover-open")) menu.hidePopover();
});
