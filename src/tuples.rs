//! The sizes of tuples that the builders take: one to sixteen.

/// Calls a macro once for each size, with the names of the tuple's parts and, beside each, a name for its place.
macro_rules! for_each_tuple {
    ($macro:ident) => {
        $macro!(A I1);
        $macro!(A I1, B I2);
        $macro!(A I1, B I2, C I3);
        $macro!(A I1, B I2, C I3, D I4);
        $macro!(A I1, B I2, C I3, D I4, E I5);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14, P I15);
        $macro!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14, P I15, Q I16);
    };
}

/// The parts as a list: `(A, (B, ()))`.
macro_rules! list {
    () => { () };
    ($First:ident $($Rest:ident)*) => { ($First, list!($($Rest)*)) };
}

/// The tables of all parts: `Both<A::Needs, B::Needs>`.
macro_rules! needs {
    ($Last:ident) => { $Last::Needs };
    ($First:ident $($Rest:ident)+) => { $crate::expr::Both<$First::Needs, needs!($($Rest)+)> };
}

pub(crate) use {for_each_tuple, list, needs};
