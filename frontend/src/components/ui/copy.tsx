// A value to be copied: an address, a key, an id.

import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { IconButton } from "@/components/ui/button";
import { tellError } from "@/components/ui/toast";

/** `text` may be a function where making it takes a while: it is called when it is wanted. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setIsCopied(true);
      setTimeout(() => setIsCopied(false), 2_000);
    } catch {
      tellError(new Error("the browser allows no copying here; select the text and copy it"));
    }
  };
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      label={isCopied ? "Copied" : label}
      size="small"
      onClick={() => void copy()}
    />
  );
}

export function CopyField({ text, label }: { text: string; label: string }) {
  return (
    <div className="input py-px pr-px">
      <code className="mono truncate flex-1" title={text}>
        {text}
      </code>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}
