// Flask-Admin's inline handlers, which the Content-Security-Policy does not run.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  const inert = ["#", "javascript:void(0)"].includes(link.getAttribute("href"));
  if (inert) event.preventDefault();
  if (link.dataset.panelAction) modelActions.execute(link.dataset.panelAction);
});
document.addEventListener("submit", (event) => {
  const question = event.target.querySelector("[data-panel-confirm]");
  if (question && !confirm(question.dataset.panelConfirm)) event.preventDefault();
});
