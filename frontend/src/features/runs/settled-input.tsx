// A text that is taken over when one stops typing, so that not every letter asks the server.

import { type ComponentProps, useEffect, useRef, useState } from "react";

import { TextInput } from "@/components/ui/field";

const PAUSE_MS = 350;

type SettledInputProps = Omit<ComponentProps<"input">, "value" | "onChange"> & {
  value: string;
  onSettle: (value: string) => void;
};

export function SettledInput({ value, onSettle, ...rest }: SettledInputProps) {
  const [text, setText] = useState(value);
  const settled = useRef(value);
  useEffect(() => {
    if (value === settled.current) return; // our own change comes back
    settled.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === settled.current) return;
    const timer = setTimeout(() => {
      settled.current = text;
      onSettle(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, onSettle]);
  return <TextInput {...rest} value={text} onChange={(event) => setText(event.target.value)} />;
}
