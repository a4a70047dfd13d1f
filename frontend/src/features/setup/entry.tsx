// The frame of the pages before the login: the mark and one card on the yard.

import type { ReactNode } from "react";

import { Brand } from "@/components/brand";
import { useTitle } from "@/components/ui/page";
import "@/styles/setup.css";

type EntryProps = { title: string; about?: ReactNode; children: ReactNode };

export function Entry({ title, about, children }: EntryProps) {
  useTitle(title);
  return (
    <main className="yard entry">
      <div className="entry__box">
        <div className="entry__brand">
          <Brand />
          Blockyard
        </div>
        <div className="card entry__card">
          <div className="entry__form">
            <div className="grid gap-1">
              <h1>{title}</h1>
              {about && <p className="dim">{about}</p>}
            </div>
            {children}
          </div>
        </div>
      </div>
    </main>
  );
}
