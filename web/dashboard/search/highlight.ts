/** A piece of a snippet; `hit` is what was searched for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** The server puts hits between U+E000 and U+E001. */
export function highlight(snippet: string): Piece[] {
  return snippet
    .split("\uE000")
    .flatMap((part, index): Piece[] => {
      if (index === 0) return [{ text: part, hit: false }];
      const end = part.indexOf("\uE001");
      if (end < 0) return [{ text: part, hit: true }];
      return [
        { text: part.slice(0, end), hit: true },
        { text: part.slice(end + 1), hit: false },
      ];
    })
    .filter((piece) => piece.text !== "");
}

/** Words that all occur, each at the beginning of a word: "sol co" finds "Solve conversation". */
export function matches(label: string, typed: string): boolean {
  const words = label.toLocaleLowerCase().split(/[^\p{L}\p{N}]+/u);
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}
