// Work for the main thread, a piece in each frame, so that the page never stands still.
const FRAME = 16;
const waiting: (() => void)[] = [];
let running = false;

/** Does each of these in a task of its own, after what waits already. */
export function soon(...pieces: (() => void)[]): void {
  waiting.push(...pieces);
  if (running) return;
  running = true;
  setTimeout(step);
}

function step(): void {
  waiting.shift()?.();
  running = waiting.length > 0;
  if (running) setTimeout(step, FRAME);
}
