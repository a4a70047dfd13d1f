// The mark: three blocks, the upper one lives.

export function Brand() {
  return (
    <svg className="brand" viewBox="0 0 20 20" aria-hidden>
      <rect x="1" y="11" width="8.2" height="8" rx="1.6" />
      <rect x="10.8" y="11" width="8.2" height="8" rx="1.6" />
      <rect x="5.9" y="1" width="8.2" height="8" rx="1.6" />
    </svg>
  );
}
