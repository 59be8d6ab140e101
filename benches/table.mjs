/** Prints rows of cells under a title. */
export function show(title, head, rows) {
  console.log(`\n${title}`);
  console.table(rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]]))));
}
