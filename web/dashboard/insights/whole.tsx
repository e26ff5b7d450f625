/** A text whose "e-mail" no line breaks at its hyphen. */
export const Whole = ({ text }: { text: string }) => (
  <>{text.split(/(e-mail)/i).map((piece, at) => (at % 2 ? <span class="is-whole">{piece}</span> : piece))}</>
);
