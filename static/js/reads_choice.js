// Lets readers say that what they read is not to be counted. The choice stays in their browser; reads.js asks it.

const choice = document.querySelector("[data-reads-choice]");
const [label, box, said] = ["label", "input", "p"].map((name) => choice.querySelector(name));

function show() {
  const asked = Boolean(navigator.globalPrivacyControl) || navigator.doNotTrack === "1";
  box.checked = !asked && localStorage.getItem("reads") !== "uncounted";
  box.disabled = asked;
  said.textContent = asked ? choice.dataset.asked : box.checked ? choice.dataset.counted : choice.dataset.uncounted;
}

try {
  show();
  label.hidden = false;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem("reads");
    else localStorage.setItem("reads", "uncounted");
    show();
  });
} catch {
  said.textContent = choice.dataset.uncounted; // a browser that keeps nothing, in which reads.js counts nothing
}
