// A button that prints the page; without JavaScript it leads to the part to be printed.
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    window.print();
  });
}
