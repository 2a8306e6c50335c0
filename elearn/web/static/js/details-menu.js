// Menus are <details data-menu>: they work without this. Here they also close on Escape, on a press
// outside, and when the focus leaves them.
(() => {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  const closeUnless = (target) => {
    open().forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
  };

  document.addEventListener("click", (event) => closeUnless(event.target));
  document.addEventListener("focusin", (event) => closeUnless(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) menu.querySelector("summary").focus();
    });
  });
})();
