// Shared code of the generated logs: the bundled one, and those of the benchmark and the soak test.

/** mulberry32, a small generator with the same results everywhere. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The URL in the article. */
export const URL_KNOWN =
  "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";

/** The file in event 11 of the same source. */
export const CAB = URL_KNOWN.replace("authrootseq.txt", "authrootstl.cab");

/** The message of the event. */
export const message = (error, url = URL_KNOWN) =>
  `Failed auto update retrieval of third-party root list sequence number from: <${url}> with error: ${error}`;

export const iso = (at) => new Date(at).toISOString();
export const plain = (at) => iso(at).slice(0, 19).replace("T", " ");
