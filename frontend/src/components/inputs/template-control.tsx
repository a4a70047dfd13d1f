// A text in which `{{ name }}` stands out as the thing that it is.

import type { ControlProps } from "@/components/inputs/control-props";
import { asText, fromText } from "@/components/inputs/text-controls";
import { placeholder } from "@/lib/graph/schema";
import { templateParts } from "@/lib/graph/template";

/** The text is written in a plain text area; a layer of the same words behind it gives the tokens their ground. */
export function TemplateControl({ described, schema, value, onChange }: ControlProps) {
  const text = asText(value);
  return (
    <div className={`input template ${described["aria-invalid"] ? "input--bad" : ""}`}>
      <div className="template__ground" aria-hidden>
        {templateParts(text).map((part) =>
          part.isToken ? <mark key={part.at}>{part.text}</mark> : <span key={part.at}>{part.text}</span>,
        )}
        {"\n"}
      </div>
      <textarea
        {...described}
        className="template__text"
        value={text}
        placeholder={placeholder(schema)}
        spellCheck={false}
        onChange={(event) => onChange(fromText(event.target.value, schema))}
      />
    </div>
  );
}
