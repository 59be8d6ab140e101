// Work for the main thread, a piece in each frame, so that the page never stands still.
/** A page that is not seen has no frames; its work goes on as well. */
const UNSEEN = 100;
const waiting: (() => void)[] = [];
let running = false;

/**
 * Does each of these in a task of its own, after what waits already. What one makes is laid out and
 * painted before the next begins; else a frame would have to do it for all of them.
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

/** Does it after the next frame. */
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
