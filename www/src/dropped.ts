// The dropped files, including those inside folders.
export const MOST = 10_000;

export async function dropped(data: DataTransfer): Promise<File[]> {
  // The browser clears the list of dropped items at the first await.
  const folders: FileSystemDirectoryEntry[] = [];
  const files: File[] = [];
  for (const item of data.items) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    const file = item.kind === "file" && !entry?.isDirectory ? item.getAsFile() : null;
    if (entry?.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else if (file) files.push(file);
  }
  for (const folder of folders) await walk(folder, files);
  return files;
}

async function walk(folder: FileSystemDirectoryEntry, files: File[]): Promise<void> {
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
        const file = entry as FileSystemFileEntry;
        files.push(await new Promise<File>((done, failed) => file.file(done, failed)));
      }
    }
  }
}
