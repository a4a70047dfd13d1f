// What a person does at the provider; what stands between backticks is set as code.

import { Notice } from "@/components/ui/notice";

export function SetupText({ setup }: { setup: string }) {
  if (!setup) return null;
  return (
    <Notice>
      {parts(setup).map((part) =>
        part.isCode ? (
          <code key={part.at} className="mono">
            {part.text}
          </code>
        ) : (
          <span key={part.at}>{part.text}</span>
        ),
      )}
    </Notice>
  );
}

/** The text as it alternates between words and code; `at` is where each part begins. */
function parts(setup: string): { at: number; text: string; isCode: boolean }[] {
  let at = 0;
  return setup.split("`").map((text, index) => {
    const part = { at, text, isCode: index % 2 === 1 };
    at += text.length + 1;
    return part;
  });
}
