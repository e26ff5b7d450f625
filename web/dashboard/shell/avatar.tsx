import { initialsOf, isKnown, nameOf, tintOf } from "./people.ts";

interface Props {
  who: { id: string; name?: string | null | undefined; email?: string | null | undefined };
  online?: boolean;
  size?: number;
}

/** Decoration beside the name; the green dot is said in words too, for those who do not see it. */
export const Avatar = ({ who, online, size = 30 }: Props) => (
  <span class="avatar" style={{ background: tintOf(who.id), width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.38}px` }}>
    <span aria-hidden="true">{isKnown(who) ? initialsOf(nameOf(who)) : "?"}</span>
    {online && (
      <>
        <i class="avatar-dot" />
        <span class="visually-hidden">online</span>
      </>
    )}
  </span>
);
