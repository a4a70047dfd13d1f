// The report of an import, part by part.

import { CircleAlert, CircleCheck } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { type ReportPart, reportParts } from "@/features/library/report-parts";
import type { ImportReport } from "@/lib/api/graphs-files";
import { count } from "@/lib/format";

export function ReportSections({ report }: { report: ImportReport }) {
  const parts = reportParts(report);
  if (parts.length === 0) {
    return (
      <Notice kind="ok" icon={CircleCheck}>
        <b>Everything is as it was in the file.</b> It can run.
      </Notice>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="report" tabIndex={0} aria-label="Report of the import">
      {!parts.some((part) => part.isOpen) && (
        <Notice kind="ok" icon={CircleCheck}>
          <b>It can run.</b> Below is what is not as it was.
        </Notice>
      )}
      {parts.map((part) => (
        <Part key={part.title} part={part} />
      ))}
    </section>
  );
}

function Part({ part: { title, about, isOpen, lines, more } }: { part: ReportPart }) {
  return (
    <section>
      <div className="row mb-1.5">
        <h3 className="row whitespace-nowrap">
          {isOpen && <Icon of={CircleAlert} size={14} className="text-fail" />}
          {title}
        </h3>
        <span className="num faint">{count(lines.length + more)}</span>
        {about && (
          <span className="faint truncate text-12" title={about}>
            {about}
          </span>
        )}
      </div>
      <ul>
        {lines.map((line) => (
          <li key={line.key}>
            <span className="font-medium">{line.what}</span>
            {line.detail && <span className="dim">{line.detail}</span>}
          </li>
        ))}
        {more > 0 && (
          <li>
            <span className="faint">And {count(more)} more of this kind.</span>
          </li>
        )}
      </ul>
    </section>
  );
}
