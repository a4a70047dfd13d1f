// Keeps a failure of one part from taking the whole page with it.

import { Component, type ReactNode } from "react";

import { Failed } from "@/components/ui/status";

type Props = { children: ReactNode };
type State = { error: unknown };

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error ?? new Error("unknown") };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <main className="p-8">
        <Failed error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </main>
    );
  }
}
