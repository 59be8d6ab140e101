// The search of the guide: the sections that have every word, those with a word in the heading first.
import { SECTIONS } from "./sections.js";

const MOST = 12;
const AROUND = 60;
const box = document.querySelector("#search");
const list = document.querySelector("#found");
const status = document.querySelector("#count");
box.closest("p").hidden = false;

function item({ at, title, text }, word) {
  const link = document.createElement("a");
  const place = Math.max(0, text.toLowerCase().indexOf(word) - AROUND);
  const part = document.createElement("small");
  part.textContent = `${place > 0 ? "… " : ""}${text.slice(place, place + 2 * AROUND)} …`;
  link.href = at;
  link.append(title, part);
  const row = document.createElement("li");
  row.append(link);
  return row;
}

box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => (word) => text.toLowerCase().includes(word);
  const found = SECTIONS.filter(({ title, text }) => words.every(has(`${title} ${text}`)));
  found.sort((a, b) => words.some(has(b.title)) - words.some(has(a.title)));
  const shown = words.length > 0 ? found.slice(0, MOST) : [];
  list.replaceChildren(...shown.map((section) => item(section, words[0])));
  const count = found.length === 1 ? "1 section" : `${found.length} sections`;
  status.textContent = words.length > 0 ? count : "";
});
