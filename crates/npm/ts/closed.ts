import { constants, readFileSync, readlinkSync } from "node:fs";

/**
 * Whether the file was closed when the program started. Node then opens `/dev/null` instead, for
 * reading and writing, which no redirection in a shell does. Only Linux shows this.
 */
export function wasClosed(file: number): boolean {
  try {
    if (readlinkSync(`/proc/self/fd/${file}`) !== "/dev/null") return false;
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, "utf8"))?.[1];
    return (Number.parseInt(flags ?? "", 8) & 3) === constants.O_RDWR;
  } catch {
    return false;
  }
}
