// Schedules main-thread work in small pieces, one per frame, so that the page stays responsive.
/** A hidden page has no frames, so its work continues after this many milliseconds. */
const UNSEEN = 100;
const waiting: (() => void)[] = [];
let running = false;

/**
 * Runs each function in its own task, after the tasks that are already waiting. The result of each
 * is laid out and painted before the next; otherwise one frame would have to do that for all.
 */
export function soon(...pieces: (() => void)[]): void {
  waiting.push(...pieces);
  if (running) return;
  running = true;
  setTimeout(step);
}

function step(): void {
  waiting.shift()?.();
  running = waiting.length > 0;
  if (running) framed(step);
}

/** Runs a function after the next frame. */
function framed(act: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    act();
  };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, UNSEEN);
}
