// The search of the library: in the address a moment after one has stopped typing. "/" goes there.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";

const PAUSE_MS = 250;

export function SearchBox() {
  const { q = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  const sought = useRef(q);
  useFocusKey(input);

  useEffect(() => {
    if (q === sought.current) return; // our own, arriving in the address
    sought.current = q;
    setText(q);
  }, [q]);

  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sought.current) return;
    const timer = setTimeout(() => {
      sought.current = wanted;
      void navigate({ to: ".", replace: true, search: (old) => ({ ...old, q: wanted || undefined }) });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, navigate]);

  return (
    <search className="find">
      <Icon of={Search} />
      <input
        ref={input}
        type="search"
        aria-label="Search graphs and templates"
        placeholder="Search"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setText("")}
      />
      {text ? (
        <button
          type="button"
          className="grid size-6 cursor-pointer place-items-center border-0 bg-transparent"
          aria-label="Clear the search"
          onClick={() => {
            setText("");
            input.current?.focus();
          }}
        >
          <Icon of={X} size={14} />
        </button>
      ) : (
        <Kbd keys="/" />
      )}
    </search>
  );
}

function useFocusKey(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [role=dialog]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    globalThis.addEventListener("keydown", focus);
    return () => globalThis.removeEventListener("keydown", focus);
  }, [input]);
}
