// The dropped files, including those inside folders.
import { distinct } from "./names.ts";

export const MOST = 10_000;

export async function dropped(data: DataTransfer): Promise<File[]> {
  // The browser clears the list of dropped items at the first await.
  const folders: FileSystemDirectoryEntry[] = [];
  const files: Found[] = [];
  for (const item of data.items) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    const file = item.kind === "file" && !entry?.isDirectory ? item.getAsFile() : null;
    if (entry?.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else if (file) files.push({ file, path: [file.name] });
  }
  for (const folder of folders) await walk(folder, files);
  return named(files);
}

/** The files of a chosen folder. */
export const chosen = (files: File[]): File[] =>
  named(files.map((file) => ({ file, path: (file.webkitRelativePath || file.name).split("/") })));

/** The files, named by the end of their path that tells them apart. */
function named(files: Found[]): File[] {
  const names = distinct(files.map(({ path }) => path));
  return files.map(({ file }, i) => {
    const name = names[i] ?? "";
    return name === file.name ? file : new File([file], name);
  });
}

interface Found {
  file: File;
  /** The names of the folders from the dropped one on, and the file's name. */
  path: string[];
}

async function walk(folder: FileSystemDirectoryEntry, files: Found[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A folder is listed in parts; the last part is empty.
    const entries = await new Promise<FileSystemEntry[]>((done, failed) =>
      reader.readEntries(done, failed),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (files.length >= MOST) return;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, files);
      else {
        const { fullPath } = entry;
        const file = await new Promise<File>((done, failed) =>
          (entry as FileSystemFileEntry).file(done, failed),
        );
        files.push({ file, path: fullPath.split("/") });
      }
    }
  }
}
