// A page with a title, its actions, and what it is about.

import { type ReactNode, useEffect } from "react";

type PageProps = {
  title: string /** After the title: a count, a state. */;
  beside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

export function Page({ title, beside, actions, children }: PageProps) {
  useTitle(title);
  return (
    <main className="page">
      <div className="page__head">
        <h1>{title}</h1>
        {beside}
        {actions && <div className="push row">{actions}</div>}
      </div>
      <div className="page__body overflow-auto">{children}</div>
    </main>
  );
}

/** The title of the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Blockyard`;
  }, [title]);
}

/** A part of a page under a heading. */
export function Section({
  title,
  beside,
  actions,
  children,
}: {
  title: string;
  /** After the heading: a remark. */
  beside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section>
      <div className="section">
        <h2>{title}</h2>
        {beside && <span className="faint truncate">{beside}</span>}
        {actions && <div className="push row">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
