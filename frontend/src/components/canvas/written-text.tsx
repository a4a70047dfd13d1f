// Text that is written where it stands: a note, the name of a group. Ctrl+Enter and leaving keep it, Escape does not.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";

type WrittenTextProps = {
  label: string;
  text: string;
  className: string;
  /** Enter keeps it: it has one line. */
  isLine?: boolean;
  onKeep: (text: string) => void;
  onEnd: () => void;
};

export function WrittenText({ label, text, className, isLine = false, onKeep, onEnd }: WrittenTextProps) {
  const [draft, setDraft] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.select();
  }, []);
  const isEnded = useRef(false);
  const end = (isKept: boolean) => {
    if (isEnded.current) return;
    isEnded.current = true;
    if (isKept && draft !== text) onKeep(draft);
    area.current?.closest<HTMLElement>(".react-flow__node")?.focus({ preventScroll: true });
    onEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") end(false);
    else if (event.key === "Enter" && (isLine || event.ctrlKey || event.metaKey)) end(true);
    else return;
    event.preventDefault();
  };
  return (
    <textarea
      ref={area}
      aria-label={label}
      className={`nodrag nowheel nopan ${className}`}
      rows={isLine ? 1 : 3}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={onKeyDown}
    />
  );
}
