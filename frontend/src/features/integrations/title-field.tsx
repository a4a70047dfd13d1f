// A title that is being changed where it stands: Enter keeps it, Escape does not.

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";

type TitleFieldProps = { value: string; onSave: (title: string) => void; onStop: () => void };

export function TitleField({ value, onSave, onStop }: TitleFieldProps) {
  const [title, setTitle] = useState(value);
  const isGood = title.trim() !== "";
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onSave(title.trim());
      }}
    >
      <TextInput
        autoFocus
        aria-label="Name of the connection"
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onStop()}
      />
      <Button size="small" type="submit" disabled={!isGood}>
        Rename
      </Button>
      <Button size="small" variant="quiet" onClick={onStop}>
        Keep
      </Button>
    </form>
  );
}
