// The editor for JSON; loaded when the first one is shown.

import { json } from "@codemirror/lang-json";
import CodeMirror, {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@uiw/react-codemirror";
import { useMemo } from "react";

import type { Described } from "@/components/ui/field";

type JsonEditorProps = Described & {
  label: string;
  text: string;
  placeholder: string;
  onChange: (text: string) => void;
};

const NAME = Decoration.mark({ class: "k" });
const TEXT = Decoration.mark({ class: "s" });
const PLAIN = Decoration.mark({ class: "n" });

/** Names, texts and figures apart by colour, from our own tokens. */
const MATCHER = new MatchDecorator({
  regexp: /"(?:[^"\\]|\\.)*"(?=\s*:)|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g,
  decoration: (match, view, at) => {
    if (!match[0].startsWith('"')) return PLAIN;
    const behind = view.state.sliceDoc(at + match[0].length, at + match[0].length + 8);
    return behind.trimStart().startsWith(":") ? NAME : TEXT;
  },
});

const COLOURS = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = MATCHER.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = MATCHER.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export function JsonEditor({ label, text, placeholder, onChange, ...described }: JsonEditorProps) {
  const isInvalid = described["aria-invalid"] === true;
  const below = described["aria-describedby"];
  const extensions = useMemo(
    () => [
      json(),
      COLOURS,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        "aria-label": label,
        ...(isInvalid ? { "aria-invalid": "true" } : {}),
        ...(below ? { "aria-describedby": below } : {}),
      }),
    ],
    [label, isInvalid, below],
  );
  return (
    <div id={described.id} className={`input jsonfield ${isInvalid ? "input--bad" : ""}`}>
      <CodeMirror
        className="min-w-0 flex-1"
        value={text}
        placeholder={placeholder}
        theme="none"
        indentWithTab={false}
        basicSetup={{
          lineNumbers: false,
          foldGutter: false,
          highlightActiveLine: false,
          highlightSelectionMatches: false,
          searchKeymap: false,
          syntaxHighlighting: false,
        }}
        extensions={extensions}
        onChange={onChange}
      />
    </div>
  );
}
