// What came of an import: the report, why a file was refused, or that the server was not reached.

import { useNavigate } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import type { FileRefusal } from "@/features/library/import-file";
import { ReportSections } from "@/features/library/import-report";
import type { Imports } from "@/features/library/import-run";
import { summary } from "@/features/library/report-parts";
import type { ImportReport } from "@/lib/api/graphs-files";

export function ImportOutcome({ imports }: { imports: Imports }) {
  const { outcome, error, isBusy } = imports;
  if (isBusy) {
    return (
      <div className="drop" role="status">
        <h2>Importing</h2>
      </div>
    );
  }
  if (error) return <Refused imports={imports} fileName="" refusal={{ why: message(error), cure: "" }} />;
  if (!outcome) return null;
  return "report" in outcome ? (
    <Report report={outcome.report} onClose={imports.close} />
  ) : (
    <Refused imports={imports} {...outcome} />
  );
}

type RefusedProps = { imports: Imports; fileName: string; refusal: FileRefusal };

function Refused({ imports, fileName, refusal }: RefusedProps) {
  const chooseAgain = () => {
    imports.close();
    imports.choose();
  };
  return (
    <Dialog
      title={fileName ? `“${fileName}” was not imported` : "Nothing was imported"}
      onClose={imports.close}
      actions={
        <>
          <Button onClick={imports.close}>Close</Button>
          <Button variant="ink" onClick={chooseAgain}>
            Choose another file
          </Button>
        </>
      }
    >
      <Notice kind="fail">
        <b>{refusal.why}</b> {refusal.cure}
      </Notice>
      <p className="faint text-12">Nothing was stored, and your graphs are as they were.</p>
    </Dialog>
  );
}

function Report({ report, onClose }: { report: ImportReport; onClose: () => void }) {
  const navigate = useNavigate();
  const name = report.mapped.find((graph) => graph.id === report.id)?.name ?? "The graph";
  return (
    <Dialog
      title={`“${name}” is imported`}
      about={summary(report)}
      isWide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Stay in the library</Button>
          <Button
            variant="ink"
            onClick={() => void navigate({ to: "/graphs/$graphId", params: { graphId: report.id } })}
          >
            Open the graph
          </Button>
        </>
      }
    >
      <ReportSections report={report} />
    </Dialog>
  );
}
