// The steps of the first run, drawn as what one is about to build: blocks with links between them.

import { Link } from "@tanstack/react-router";
import { Blocks, Bot, CircleDot, KeyRound, type LucideIcon, Plug } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import { State } from "@/components/ui/state";
import { type Progress, STEPS, type StepKey, stepLook } from "@/features/setup/steps";

type Face = { title: string; icon: LucideIcon; input: string | null; output: string };

export const FACES: Record<StepKey, Face> = {
  owner: { title: "Owner", icon: KeyRound, input: null, output: "owner" },
  model: { title: "Model", icon: Bot, input: "owner", output: "model" },
  integrations: { title: "Integrations", icon: Plug, input: "model", output: "tools" },
  graph: { title: "First graph", icon: Blocks, input: "tools", output: "result" },
};

type WayProps = { open: StepKey; done: Progress /** Under each title. */; subs: Record<StepKey, string> };

export function Way({ open, done, subs }: WayProps) {
  return (
    <nav className="way yard" aria-label="First steps">
      <ol>
        {STEPS.map((step, place) => (
          <li key={step} className="way__step">
            {place < STEPS.length - 1 && (
              <svg className={`way__link ${done[step] ? "way__link--passed" : ""}`} aria-hidden>
                <path d="M264 62H272Q282 62 282 72V122Q282 132 272 132H-8Q-18 132 -18 142V210Q-18 220 -8 220H0" />
              </svg>
            )}
            <StepBlock step={step} open={open} done={done} sub={subs[step]} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

type StepBlockProps = { step: StepKey; open: StepKey; done: Progress; sub: string };

function StepBlock({ step, open, done, sub }: StepBlockProps) {
  const { title, icon, input, output } = FACES[step];
  const { state, word } = stepLook(step, open, done);
  return (
    <Link
      to="/welcome"
      search={{ step }}
      className={`node s-${state}`}
      aria-current={step === open ? "step" : undefined}
      aria-label={`${title}: ${word}`}
    >
      <span className="node__head">
        <span className="node__icon">
          <Icon of={icon} />
        </span>
        <span className="grid min-w-0">
          <span className="node__title truncate">{title}</span>
          <span className="node__sub truncate">{sub}</span>
        </span>
      </span>
      <span className="node__rows block">
        <span className="node__row">
          {input && <Hexagon side="in" />}
          <span>{input}</span>
          <span>{output}</span>
          <Hexagon side="out" />
        </span>
      </span>
      <span className="node__foot">
        {step === open ? (
          <span className="state s-running">
            <Icon of={CircleDot} size={14} />
            {word}
          </span>
        ) : (
          <State state={state} word={word} />
        )}
      </span>
    </Link>
  );
}

function Hexagon({ side }: { side: "in" | "out" }) {
  return (
    <svg className={`pin t-object pin--${side}`} viewBox="0 0 12 12" aria-hidden>
      <path d="M6 .8 10.7 3.4v5.2L6 11.2 1.3 8.6V3.4z" />
    </svg>
  );
}
