import { useId } from "preact/hooks";

interface Props {
  label: string;
  hint?: string;
  value: string;
  change(value: string): void;
  /** More than one line. */
  rows?: number;
  type?: "text" | "email" | "password";
  name?: string;
  autocomplete?: AutoFill;
  inputMode?: "numeric";
  maxLength?: number;
  required?: boolean;
  autofocus?: boolean;
}

/** A labelled line (or lines) of a form, with its hint read after it. */
export function Field({ label, hint, value, change, rows, type = "text", ...more }: Props) {
  const id = useId();
  const shared = {
    id,
    value,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => change(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows ? (
        <textarea {...shared} rows={rows} required={more.required} />
      ) : (
        // The types tell each kind of input apart; what we set fits all three.
        <input {...more} {...shared} type={type as "text"} />
      )}
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
