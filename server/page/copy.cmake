# Copies the page's sources to where they are built: cmake -D FROM=DIR -D TO=DIR -P copy.cmake. What is no more goes.
file(REMOVE_RECURSE "${TO}/src" "${TO}/public" "${TO}/dist")
foreach(part IN ITEMS src public index.html tsconfig.json vite.config.ts vitest.config.ts test)
    if(EXISTS "${FROM}/${part}")
        file(COPY "${FROM}/${part}" DESTINATION "${TO}")
    endif()
endforeach()
