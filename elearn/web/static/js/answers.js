// The value of a question as the answer protocol sends it (docs/answer-protocol.md), read from its
// fields and written back into them; and two comforts: numbers of an order that give way to each
// other, words of an essay counted. A question is an element with data-control, the controls of
// templates/quiz/_question.html; a part of a case is one, with data-part.

const READ = {
  radio: (question) => checked(question)[0] ?? null,
  checkbox: checked,
  yes_no: (question) => ({ true: true, false: false })[checked(question)[0]] ?? null,
  matching: (question) => fields(question).map((field) => field.value),
  ordering: readOrder,
  text: (question) => fields(question)[0].value,
  number: (question) => fields(question)[0].value,
  cloze: (question) => fields(question).map((field) => field.value),
  essay: (question) => fields(question)[0].value,
  case: readCase,
};

const WRITE = {
  radio: (question, value) => tick(question, value === null ? [] : [value]),
  checkbox: (question, value) => tick(question, value ?? []),
  yes_no: (question, value) => tick(question, value === null ? [] : [String(value)]),
  matching: writeFields,
  ordering: writeOrder,
  text: writeFields,
  number: writeFields,
  cloze: writeFields,
  essay: writeFields,
  case: writeCase,
};

/** What `question` says now; null where nothing can be said yet (no radio is set). */
export function valueOf(question) {
  return READ[question.dataset.control](question);
}

/** Make `question` say `value`; null or undefined empties it. */
export function setValue(question, value) {
  WRITE[question.dataset.control](question, value ?? null);
  countWords(question);
}

/** Whether nothing of `question` is left without an answer, as the server sees it. */
export function isAnswered(question) {
  if (question.dataset.control === "case") return parts(question).every(isAnswered);
  const value = valueOf(question);
  if (Array.isArray(value)) return value.length > 0 && value.every((each) => each.trim() !== "");
  return value !== null && String(value).trim() !== "";
}

function fields(question) {
  return [...question.querySelectorAll("input, select, textarea")];
}

function checked(question) {
  return fields(question).filter((field) => field.checked).map((field) => field.value);
}

function tick(question, values) {
  for (const field of fields(question)) field.checked = values.includes(field.value);
}

function writeFields(question, value) {
  const values = Array.isArray(value) ? value : [value];
  fields(question).forEach((field, place) => { field.value = values[place] ?? ""; });
}

function readOrder(question) {
  const items = fields(question);
  const order = items.map(() => "");
  for (const item of items) if (item.value) order[item.value - 1] = item.dataset.placeOf;
  return order;
}

function writeOrder(question, value) {
  for (const item of fields(question)) {
    const place = (value ?? []).indexOf(item.dataset.placeOf);
    item.value = place < 0 ? "" : String(place + 1);
  }
}

function parts(question) {
  return [...question.querySelectorAll("[data-part]")];
}

function readCase(question) {
  const value = {};
  for (const part of parts(question)) {
    const said = valueOf(part);
    if (!isEmpty(said)) value[part.dataset.part] = said;
  }
  return value;
}

function isEmpty(value) {
  return value === null || value === "" || (Array.isArray(value) && value.every((each) => each === ""));
}

function writeCase(question, value) {
  for (const part of parts(question)) setValue(part, value?.[part.dataset.part]);
}

// Of two items with the same number the one that had it takes the number that became free: so
// nobody hunts for the item that is in the way. Arrow keys pass by every number on their way, so
// what counts is how the numbers stood when the list got the focus. Heard before the page reads.
let stood = new Map();

function remember(event) {
  const isPlace = event.target.matches?.("[data-place-of]");
  const items = isPlace ? fields(event.target.closest("[data-control]")) : [];
  stood = new Map(items.map((item) => [item, item.value]));
}

function giveWay(event) {
  const moved = event.target;
  if (!stood.has(moved)) return;
  for (const [item, value] of stood) {
    if (item !== moved) item.value = value && value === moved.value ? stood.get(moved) : value;
  }
}

function countWords(question) {
  for (const shown of question.querySelectorAll("[data-words-of]")) {
    const text = document.getElementById(shown.dataset.wordsOf).value;
    const count = (text.match(/\S+/gu) ?? []).length;
    shown.textContent = shown.dataset.wordsText.replace("{n}", count);
    shown.hidden = false;
  }
}

document.addEventListener("focusin", remember);
document.addEventListener("change", giveWay, true);
document.addEventListener("input", (event) => {
  const question = event.target.closest?.("[data-control]");
  if (question) countWords(question);
});
for (const question of document.querySelectorAll("[data-control]")) countWords(question);
