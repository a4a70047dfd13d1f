// The browser's own copy, cut and paste: they may use the clipboard without asking the person.

import { useEffect } from "react";
import { commandById, perform } from "@/features/builder/commands";
import { copyText, pasteText } from "@/features/builder/commands/clipboard";
import { isTypingIn } from "@/features/builder/commands/keys";
import { useBuilderParts } from "@/features/builder/state/builder-context";

export function useClipboard(isOn: boolean): void {
  const builder = useBuilderParts();
  useEffect(() => {
    if (!isOn) return;
    const isForUs = (event: ClipboardEvent) => {
      const isText = (globalThis.getSelection()?.toString() ?? "") !== "" && event.type !== "paste";
      return !isTypingIn(event.target) && !isText && builder.ui.getState().overlay === null;
    };
    const onCopy = (event: ClipboardEvent) => {
      if (!isForUs(event)) return;
      const text = copyText(builder);
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") perform(commandById("delete"), builder);
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain");
      if (!isForUs(event) || !text) return;
      event.preventDefault();
      pasteText(builder, text);
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [builder, isOn]);
}
