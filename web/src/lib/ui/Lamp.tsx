/** The lighthouse: OmniGen's sign. */
export function Lamp({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16 9 30 4.500v9z" fill="var(--glow)" opacity=".5" />
      <path d="M16 9 2 4.500v9z" fill="var(--glow)" opacity=".22" />
      <circle cx="16" cy="9" r="3.200" fill="var(--glow)" />
      <path d="m13.500 14h5l2.200 14h-9.400z" fill="currentColor" />
    </svg>
  );
}
