import type { ReactElement, ReactNode } from 'react';

interface FormProps {
  readonly className?: string;
  readonly onSubmit: (form: FormData) => void;
  readonly children: ReactNode;
}

/** A form that keeps its fields when the API refuses it. (React empties a form with an `action` as soon as the action returns.) */
export const Form = ({ className, onSubmit, children }: FormProps): ReactElement => (
  <form
    className={className}
    onSubmit={(event) => {
      event.preventDefault();
      // A request is under way.
      if (event.nativeEvent.submitter?.ariaDisabled === 'true') return;
      onSubmit(new FormData(event.currentTarget));
    }}
  >
    {children}
  </form>
);
