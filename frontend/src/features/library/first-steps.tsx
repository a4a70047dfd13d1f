// The way back to the first steps, for an owner who has left them before they were done.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Footprints, X } from "lucide-react";
import { useState } from "react";

import { useMe } from "@/components/session";
import { classes, IconButton } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { wizardQuery } from "@/lib/api/session";

const KEY = "blockyard.first-steps";
const HIDDEN = "hidden";

export function FirstSteps() {
  const isOwner = useMe().role === "owner";
  const [isHidden, setIsHidden] = useState(wasHidden);
  const { data: wizard } = useQuery({ ...wizardQuery, enabled: isOwner && !isHidden });
  if (!isOwner || isHidden || !wizard || wizard.is_done) return null;
  const next = wizard.steps.find((step) => !step.is_done && !step.is_optional);
  const hide = () => {
    setIsHidden(true);
    rememberHidden();
  };
  return (
    <div className="mb-4">
      <Notice
        icon={Footprints}
        action={
          <span className="row">
            <Link to="/welcome" className={classes({ size: "small" })}>
              Go on with the first steps
            </Link>
            <IconButton icon={X} label="Hide the first steps" size="small" onClick={hide} />
          </span>
        }
      >
        <b>Next: {next?.title ?? "the first steps"}.</b> {next?.help}
      </Notice>
    </div>
  );
}

function wasHidden(): boolean {
  try {
    return localStorage.getItem(KEY) === HIDDEN;
  } catch {
    return false;
  }
}

function rememberHidden(): void {
  try {
    localStorage.setItem(KEY, HIDDEN);
  } catch {
    // A browser that stores nothing shows them again, which loses nothing.
  }
}
