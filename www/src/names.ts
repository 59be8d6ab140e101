// Names that tell files apart.

/** The number of names that are equal to each one. */
function counted(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The end of each path: the file's own name, and as many folders as tell it from the others. */
export function distinct(parts: string[][]): string[] {
  const names = parts.map((part) => part.slice(-1).join("/"));
  const longest = parts.reduce((most, part) => Math.max(most, part.length), 0);
  for (let depth = 2; depth <= longest; depth++) {
    const counts = counted(names);
    if (counts.size === names.length) break;
    for (const [i, part] of parts.entries())
      if ((counts.get(names[i] ?? "") ?? 0) > 1) names[i] = part.slice(-depth).join("/");
  }
  return names;
}

/** The files, of which each repeated name gets a number, because the page knows no path. */
export function numbered(files: File[]): File[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return files.map((file) => {
    let { name } = file;
    let count = counts.get(name) ?? 1;
    while (taken.has(name)) name = `${stem(file)} (${++count})${ending(file)}`;
    counts.set(file.name, count);
    taken.add(name);
    return name === file.name ? file : new File([file], name);
  });
}

/** The position of the first dot of the file's own name. */
function dot({ name }: File): number {
  const at = name.indexOf(".", name.lastIndexOf("/") + 2);
  return at < 0 ? name.length : at;
}

const stem = (file: File): string => file.name.slice(0, dot(file));
const ending = (file: File): string => file.name.slice(dot(file));
