// A field of a form: label above, help under it, the error in place of the help.

import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";

import { Icon } from "@/components/ui/icon";

/** What the control inside a field must carry so that label, help and error belong to it. */
export type Described = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

type FieldProps = {
  label: ReactNode;
  help?: ReactNode;
  /** What is wrong and what to do; empty: nothing. */
  error?: string | undefined;
  /** At the right of the label: "linked", "template", "required". */
  note?: ReactNode;
  children: (described: Described) => ReactNode;
};

export function Field({ label, help, error, note, children }: FieldProps) {
  const id = useId();
  const below = error || help ? `${id}-below` : undefined;
  return (
    <div className="field">
      <div className="field__label">
        <label htmlFor={id}>{label}</label>
        {note && <span className="push faint font-normal">{note}</span>}
      </div>
      {children({
        id,
        ...(below ? { "aria-describedby": below } : {}),
        ...(error ? { "aria-invalid": true as const } : {}),
      })}
      {error ? (
        <p id={below} className="field__error" role="alert">
          <Icon of={CircleAlert} size={14} className="mt-px" />
          <span>{error}</span>
        </p>
      ) : (
        help && (
          <p id={below} className="field__help">
            {help}
          </p>
        )
      )}
    </div>
  );
}

export function TextInput({ className = "", ...rest }: ComponentProps<"input">) {
  return (
    <input
      type="text"
      {...rest}
      className={`input w-full ${rest["aria-invalid"] ? "input--bad" : ""} ${className}`}
    />
  );
}

export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={4}
      {...rest}
      className={`input input--area w-full ${rest["aria-invalid"] ? "input--bad" : ""} ${className}`}
    />
  );
}
