interface Props {
  legend: string;
  hint?: string;
  all: [key: string, what: string][];
  chosen: string[];
  change(chosen: string[]): void;
}

/** Some of a list, each with what it means. */
export function Choices({ legend, hint, all, chosen, change }: Props) {
  return (
    <fieldset class="choices">
      <legend>
        {legend}
        {hint && <small class="hint">{hint}</small>}
      </legend>
      {all.map(([key, what]) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={chosen.includes(key)}
            onChange={(event) => change(event.currentTarget.checked ? [...chosen, key] : chosen.filter((one) => one !== key))}
          />
          <span>
            {what}
            <code>{key}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
