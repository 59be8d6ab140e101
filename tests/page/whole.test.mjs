// The headline says that nothing else needs review only if that is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage } from "./browser.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();
/** Benign records. */
const plain = sampleLog(1)
  .filter((line) => line.startsWith("{") && line.includes("could not be resolved"))
  .slice(0, 20);
const text = (...lines) => Buffer.from(lines.map((line) => `${line}\n`).join(""));

const URL =
  "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";
/** A successful update on the same computer. */
const reached = plain
  .find((line) => line.includes('"EventID":8'))
  .replace('"EventID":8', '"EventID":7');

const NOTHING = "Nothing else needs review.";
const CASES = [
  { name: "all was read", files: [text(...plain)], says: NOTHING },
  {
    name: "something was not judged",
    files: [text(...plain, `see ${URL}`)],
    says: "1 place mentions the event and could not be judged.",
    note: new RegExp(`could not be judged \\(line ${plain.length + 1}`),
  },
  {
    name: "a neighbour contradicts",
    files: [text(...plain, reached)],
    says: "records are the harmless event 8",
  },
  { name: "nothing was recognised in one", files: [text(...plain), text("a picture")], says: "" },
  {
    name: "one ends too early",
    files: [text(...plain), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1])],
    says: "1 place was not read.",
  },
  {
    name: "nothing was read and something is mentioned",
    files: [text("{}", `see ${URL}`)],
    says: "Of 1 record, none that could be judged is Crypt32 event 8.",
  },
];

for (const { name, files, says, note } of CASES) {
  test(name, async () => {
    const page = await openPage(browser, browser.builds.served);
    await drop(
      page,
      files.map((bytes, i) => ({ name: `${i}.log`, bytes })),
    );
    await done(page);
    const sentence = await page.textContent(".sentence");
    assert.ok(sentence.includes(says), sentence);
    assert.equal(sentence.includes(NOTHING), says === NOTHING, sentence);
    if (note) assert.match((await page.locator(".notes li").allTextContents()).join("\n"), note);
    await page.assertQuiet();
    await page.close();
  });
}
