// Choosing one of the files that are here already, newest first, by a part of its name.

import { useQuery } from "@tanstack/react-query";
import { Popover } from "radix-ui";
import { type ReactElement, useDeferredValue, useState } from "react";

import { TextInput } from "@/components/ui/field";
import { Ago } from "@/components/ui/figures";
import { Loads } from "@/components/ui/status";
import { filesQuery } from "@/lib/api/files";
import { size } from "@/lib/format";

type FilePickProps = { onPick: (reference: string) => void; children: ReactElement };

export function FilePick({ onPick, children }: FilePickProps) {
  const [isOpen, setIsOpen] = useState(false);
  const pick = (reference: string) => {
    onPick(reference);
    setIsOpen(false);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>{children}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="menu filepick"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="Files"
        >
          <Files onPick={pick} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Files({ onPick }: { onPick: (reference: string) => void }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const files = useQuery(filesQuery(wanted));
  return (
    <div className="grid gap-1">
      <TextInput
        type="search"
        aria-label="Search files"
        placeholder="Search files"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="filepick__list">
        <Loads query={files}>
          {(list) =>
            list.length === 0 ? (
              <p className="faint p-2">
                {wanted === ""
                  ? "There are no files yet. Upload one."
                  : "No file is called so. Search for another part."}
              </p>
            ) : (
              <ul aria-label="Files">
                {list.map((file) => (
                  <li key={file.id}>
                    <button type="button" className="filepick__row" onClick={() => onPick(file.reference)}>
                      <span className="truncate">{file.name}</span>
                      <span className="push faint num text-12">{size(file.size_bytes)}</span>
                      <span className="faint text-12 whitespace-nowrap">
                        <Ago at={file.created_at} />
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loads>
      </div>
    </div>
  );
}
