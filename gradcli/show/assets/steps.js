"use strict";
(() => {
  const root = document.documentElement;
  const steps = [...document.querySelectorAll("ol.steps > li")];
  const slider = document.getElementById("slider");
  const label = document.getElementById("at");
  const all = document.getElementById("all");
  const figure = document.querySelector("figure");
  const parts = new Map();
  const drawn = (id) => parts.get(id) || [];
  let now = 0;
  root.classList.add("js");
  for (const part of document.querySelectorAll(".graph .node, .graph .edge")) {
    const id = part.id.replace(/^(n\d+)-\d+$/, "$1");
    parts.set(id, [...drawn(id), part]);
  }
  const centre = () => {
    const view = figure.getBoundingClientRect();
    const all = [...document.querySelectorAll(".graph .node.now")].map((part) => part.getBoundingClientRect());
    if (!all.length) return;
    const hull = (places) => ({
      left: Math.min(...places.map((p) => p.left)), right: Math.max(...places.map((p) => p.right)),
      top: Math.min(...places.map((p) => p.top)), bottom: Math.max(...places.map((p) => p.bottom)),
    });
    const fits = (p) => p.right - p.left <= view.width && p.bottom - p.top <= view.height;
    const place = fits(hull(all)) ? hull(all) : hull(all.slice(0, 1));
    if (place.left >= view.left && place.right <= view.right && place.top >= view.top && place.bottom <= view.bottom) return;
    figure.scrollLeft += (place.left + place.right - view.left - view.right) / 2;
    figure.scrollTop += (place.top + place.bottom - view.top - view.bottom) / 2;
  };
  const show = (k, quiet) => {
    now = Math.min(Math.max(k, 0), steps.length - 1);
    document.querySelectorAll(".graph .now, .graph .has-value, .graph .has-gradient").forEach(
      (part) => part.classList.remove("now", "forward", "has-value", "has-gradient"));
    steps.forEach((step, at) => {
      step.classList.toggle("now", at === now);
      if (at > now) return;
      for (const [key, name] of [["values", "has-value"], ["gradients", "has-gradient"]]) {
        for (const id of (step.dataset[key] || "").split(" ").filter(Boolean)) {
          drawn(id).forEach((part) => part.classList.add(name));
        }
      }
    });
    for (const id of (steps[now].dataset.at || "").split(" ").filter(Boolean)) {
      drawn(id).forEach((part) => {
        part.classList.add("now");
        part.classList.toggle("forward", steps[now].classList.contains("forward"));
      });
    }
    slider.value = now;
    slider.setAttribute("aria-valuetext", steps[now].querySelector(".head").textContent);
    label.textContent = `step ${now} of ${steps.length - 1}`;
    if (!quiet) history.replaceState(null, "", `#step=${now}`);
    if (root.classList.contains("all")) steps[now].scrollIntoView({ block: "nearest" });
    centre();
  };
  const linked = () => {
    const found = /^#step=(\d+)$/.exec(location.hash);
    return found ? Number(found[1]) : 0;
  };
  slider.max = steps.length - 1;
  slider.addEventListener("input", () => show(Number(slider.value)));
  document.getElementById("back").addEventListener("click", () => show(now - 1));
  document.getElementById("on").addEventListener("click", () => show(now + 1));
  all.addEventListener("change", () => {
    root.classList.toggle("all", all.checked);
    show(now);
  });
  window.addEventListener("hashchange", () => show(linked(), true));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
  const box = document.getElementById("edge");
  const tell = (edge, x, y) => {
    const found = document.getElementById(`local-${edge.id}`);
    if (!found) return;
    box.replaceChildren(found.content.cloneNode(true));
    box.hidden = false;
    const { offsetWidth: w, offsetHeight: h } = box;
    box.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - w - 4))}px`;
    box.style.top = `${y + 18 + h > innerHeight ? Math.max(4, y - h - 10) : y + 18}px`;
  };
  for (const edge of document.querySelectorAll(".graph .edge")) {
    const title = edge.querySelector("title");
    if (title) {
      edge.setAttribute("aria-label", title.textContent);
      edge.setAttribute("role", "img");
      title.remove();
    }
    edge.tabIndex = 0;
    edge.addEventListener("pointermove", (event) => tell(edge, event.clientX, event.clientY));
    edge.addEventListener("focus", () => {
      const place = edge.getBoundingClientRect();
      tell(edge, place.left + place.width / 2, place.top + place.height / 2);
    });
    for (const name of ["pointerleave", "blur"]) edge.addEventListener(name, () => { box.hidden = true; });
  }
  show(linked(), true);
})();
